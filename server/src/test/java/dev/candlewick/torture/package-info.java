/**
 * A program that torments a real server and a real database, and checks that nothing acked is lost,
 * nothing is stored twice, nothing is stored that was not sent, and that all goes on within half a
 * minute of each {@link dev.candlewick.torture.Fault}. {@link dev.candlewick.torture.Torture} is
 * the spine; {@link dev.candlewick.torture.Client}s keep a {@link dev.candlewick.torture.Journal}
 * on disk, and a {@link dev.candlewick.torture.Verdict} holds the database against it.
 */
@NullMarked
package dev.candlewick.torture;

import org.jspecify.annotations.NullMarked;
