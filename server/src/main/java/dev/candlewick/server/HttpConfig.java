package dev.candlewick.server;

import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the server is reached.
 *
 * @param host address to listen on; null = loopback, or everywhere once there are API keys
 * @param port port to listen on, 0 = a free one
 * @param certificate PEM chain for TLS; null = plain HTTP
 * @param key its private key, PEM; present whenever {@code certificate} is
 * @param origins web origins other than the server's own that may open sockets and write
 * @param connections most open connections
 * @param connectionsPerAddress most open connections from one client address
 * @param socketsPerKey most open WebSockets of one API key, unless its line says otherwise
 */
record HttpConfig(
    @Nullable String host,
    int port,
    @Nullable Path certificate,
    @Nullable Path key,
    Set<String> origins,
    int connections,
    int connectionsPerAddress,
    int socketsPerKey) {}
