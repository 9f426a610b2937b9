/**
 * What every HTTP endpoint shares: a request's parameters in, JSON or CSV out, and failures as
 * problems. Read {@link Params} (with {@link Range}, {@link Cursor}, {@link Times}, {@link
 * Format}), {@link Reply} (with {@link Json}, {@link Csv}, {@link Numbers}), then {@link Problems}.
 * {@link InOrder} is for what runs one after another.
 */
@NullMarked
package dev.candlewick.server.web;

import org.jspecify.annotations.NullMarked;
