/**
 * Instruments: what they are and what is stored for them. Read {@link InstrumentHandler}, {@link
 * InstrumentQuery} and {@link InstrumentChange}, {@link InstrumentRepository}, {@link
 * InstrumentJson}. The other reads look an instrument's id up here.
 */
@NullMarked
package dev.candlewick.server.instrument;

import org.jspecify.annotations.NullMarked;
