/** The composition: commands, configuration, migration, routes, health. */
@NullMarked
package dev.candlewick.server;

import org.jspecify.annotations.NullMarked;
