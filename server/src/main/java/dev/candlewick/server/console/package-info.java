/**
 * The console at {@code /} and the API description at {@code /openapi.json}. Read {@link
 * dev.candlewick.server.console.ConsoleHandler}, then {@code Asset}; the page itself is in the
 * resource folder {@code console}, starting with {@code index.html} and {@code app.js}.
 */
@NullMarked
package dev.candlewick.server.console;

import org.jspecify.annotations.NullMarked;
