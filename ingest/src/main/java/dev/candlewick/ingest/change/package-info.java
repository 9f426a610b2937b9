/**
 * What a commit tells the live way, on whichever server instance that is: {@link Changes} in the
 * commit, {@link ChangeNotifier} after it.
 */
@NullMarked
package dev.candlewick.ingest.change;

import org.jspecify.annotations.NullMarked;
