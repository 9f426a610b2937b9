package dev.candlewick.server.lead;

/**
 * The work, for as long as this instance is the one doing it.
 *
 * @param release gives it up, so that another instance takes over
 */
public record Lead<T>(T work, Runnable release) {}
