/**
 * What the server says about the streams that feeds send: how far each is committed, and which rows
 * were rejected. Read {@link StreamHandler}, {@link StreamQuery}, {@link StreamRepository}, {@link
 * StreamJson}.
 */
@NullMarked
package dev.candlewick.server.stream;

import org.jspecify.annotations.NullMarked;
