package dev.candlewick.server.lead;

/**
 * The work, for as long as this instance is the one that does it.
 *
 * @param release gives it up, for another instance to go on
 */
public record Lead<T>(T work, Runnable release) {}
