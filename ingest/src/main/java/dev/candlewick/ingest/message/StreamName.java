package dev.candlewick.ingest.message;

/** A stream as its feed names it, and whose it is. */
public record StreamName(int apiKeyId, String stream) {}
