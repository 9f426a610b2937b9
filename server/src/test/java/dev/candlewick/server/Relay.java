package dev.candlewick.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * Passes connections on, between sockets of the network and sockets that are files: those lead in
 * and out of a network name space.
 */
final class Relay implements AutoCloseable {
  private final ServerSocketChannel listening;
  private final SocketAddress target;

  Relay(SocketAddress listen, SocketAddress target) throws IOException {
    this.listening = ServerSocketChannel.open(family(listen)).bind(listen);
    this.target = target;
    thread(this::accept);
  }

  /** Inside a name space: arguments are the file to listen on, a port, the file to go out by. */
  public static void main(String[] args) throws IOException {
    InetSocketAddress network = new InetSocketAddress("127.0.0.1", Integer.parseInt(args[1]));
    try (Relay in = new Relay(UnixDomainSocketAddress.of(args[0]), network);
        Relay out = new Relay(network, UnixDomainSocketAddress.of(args[2]))) {
      System.out.println("relays");
      System.in.read();
    }
  }

  private static ProtocolFamily family(SocketAddress address) {
    return address instanceof UnixDomainSocketAddress
        ? StandardProtocolFamily.UNIX
        : StandardProtocolFamily.INET;
  }

  /** Its port. */
  int port() throws IOException {
    return ((InetSocketAddress) listening.getLocalAddress()).getPort();
  }

  private static void thread(Runnable work) {
    Thread thread = new Thread(work, "relay");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel from = listening.accept();
        SocketChannel to = SocketChannel.open(family(target));
        thread(
            () -> {
              try (from;
                  to) {
                to.connect(target);
                thread(() -> pass(to, from));
                pass(from, to);
              } catch (IOException noTarget) {
                // The other end sees its connection closed.
              }
            });
      }
    } catch (IOException closed) {
      // Nothing more is accepted.
    }
  }

  private static void pass(SocketChannel from, SocketChannel to) {
    ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
    try (from;
        to) {
      while (from.read(buffer) >= 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          to.write(buffer);
        }
        buffer.clear();
      }
    } catch (IOException cut) {
      // Both ends go together.
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
