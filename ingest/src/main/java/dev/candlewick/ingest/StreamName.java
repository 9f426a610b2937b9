package dev.candlewick.ingest;

/** A stream as its feed names it, and whose it is. */
record StreamName(int apiKeyId, String stream) {}
