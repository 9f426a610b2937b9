package dev.candlewick.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketOption;
import java.util.Map;
import javax.net.SocketFactory;
import jdk.net.ExtendedSocketOptions;

/**
 * Sockets that end about 20 s after the other end's line or machine is gone, also while they wait
 * for an answer that may take long; the system's own take two hours. For the JDBC driver, which
 * makes one of these by its name.
 */
public final class WatchedSockets extends SocketFactory {
  private static final Map<SocketOption<Integer>, Integer> PROBES =
      Map.of(
          ExtendedSocketOptions.TCP_KEEPIDLE, DatabaseSession.ALIVE_IDLE,
          ExtendedSocketOptions.TCP_KEEPINTERVAL, DatabaseSession.ALIVE_INTERVAL,
          ExtendedSocketOptions.TCP_KEEPCOUNT, DatabaseSession.ALIVE_COUNT);

  /** The driver binds and connects it, and turns keep-alive on. */
  @Override
  public Socket createSocket() throws IOException {
    Socket socket = new Socket();
    for (Map.Entry<SocketOption<Integer>, Integer> probe : PROBES.entrySet()) {
      if (socket.supportedOptions().contains(probe.getKey())) {
        socket.setOption(probe.getKey(), probe.getValue());
      }
    }
    return socket;
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    throw new UnsupportedOperationException();
  }
}
