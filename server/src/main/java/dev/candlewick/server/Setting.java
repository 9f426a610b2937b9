package dev.candlewick.server;

import java.util.function.Function;

/**
 * One configuration key.
 *
 * @param name as it is set, {@code CANDLEWICK_...}
 * @param byDefault its default; empty = not set
 * @param meaning what it means and what it may be, as in the README
 * @param parse converts a text to its value; throws {@link IllegalArgumentException} that says what
 *     it must be
 */
record Setting<T>(String name, String byDefault, String meaning, Function<String, T> parse) {}
