package dev.candlewick.server;

import java.util.function.Function;

/**
 * One key of the configuration.
 *
 * @param name as it is set, {@code CANDLEWICK_...}
 * @param byDefault what it is where nobody says; empty = it is not set
 * @param meaning what it is, and what it may be, as the README has it
 * @param parse its value of a text; throws {@link IllegalArgumentException} that says what it must
 *     be
 */
record Setting<T>(String name, String byDefault, String meaning, Function<String, T> parse) {}
