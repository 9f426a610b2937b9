/** The write way: frame or request to records, to a batch, to COPY, to the ack. */
@NullMarked
package dev.candlewick.ingest;

import org.jspecify.annotations.NullMarked;
