package dev.candlewick.ingest.message;

/** A stream's name, and whose it is. */
public record StreamName(int apiKeyId, String stream) {}
