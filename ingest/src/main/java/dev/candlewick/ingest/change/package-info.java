/**
 * How live readers, on any server instance, learn of a commit: {@link Changes} in the commit,
 * {@link ChangeNotifier} after it.
 */
@NullMarked
package dev.candlewick.ingest.change;

import org.jspecify.annotations.NullMarked;
