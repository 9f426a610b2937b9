package dev.candlewick.ingest.lane;

import dev.candlewick.ingest.message.Batch;
import dev.candlewick.ingest.message.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A lane's queue. API keys take turns, and the streams of a key take turns at that, one message
 * each, so that nobody waits behind everything another has sent. Messages of a stream keep their
 * order, and so do a key's requests. Thread-safe.
 */
final class FairQueue implements Iterable<Message> {
  /** Queues by owner and stream, next turn first; empty ones are removed. */
  private final Map<Object, Map<Object, Deque<Message>>> byOwner = new LinkedHashMap<>();

  private int size;
  private int requests;
  private int rows;
  private long bytes;
  private Batch.@Nullable Bounds awaited;

  synchronized void add(Message message) {
    its(message).addLast(message);
    count(message);
  }

  private Deque<Message> its(Message message) {
    return byOwner
        .computeIfAbsent(message.owner(), first -> new LinkedHashMap<>())
        .computeIfAbsent(message.order(), first -> new ArrayDeque<>());
  }

  private void count(Message message) {
    size++;
    requests += message.isRequest ? 1 : 0;
    rows += message.rows.size();
    bytes += message.bytes;
    if (isFull(awaited)) {
      notifyAll();
    }
  }

  private void uncount(Message message) {
    size--;
    requests -= message.isRequest ? 1 : 0;
    rows -= message.rows.size();
    bytes -= message.bytes;
  }

  private boolean isFull(Batch.@Nullable Bounds bounds) {
    return bounds != null
        && size > 0
        && (requests > 0 || rows >= bounds.rows() || bytes >= bounds.bytes());
  }

  /** Puts it ahead of everything else of its stream, or of its key's requests. */
  synchronized void addFirst(Message message) {
    its(message).addFirst(message);
    count(message);
  }

  /** The next message, or null if there is none. */
  synchronized @Nullable Message poll() {
    if (byOwner.isEmpty()) {
      return null;
    }
    Map.Entry<Object, Map<Object, Deque<Message>>> owner = takeFirst(byOwner);
    Map.Entry<Object, Deque<Message>> order = takeFirst(owner.getValue());
    Message next = order.getValue().removeFirst();
    uncount(next);
    if (!order.getValue().isEmpty()) {
      owner.getValue().put(order.getKey(), order.getValue());
    }
    if (!owner.getValue().isEmpty()) {
      byOwner.put(owner.getKey(), owner.getValue());
    }
    return next;
  }

  /** Whose turn it is; put back, it is the last. */
  private static <Q> Map.Entry<Object, Q> takeFirst(Map<Object, Q> turns) {
    Iterator<Map.Entry<Object, Q>> all = turns.entrySet().iterator();
    Map.Entry<Object, Q> first = Map.Entry.copyOf(all.next());
    all.remove();
    return first;
  }

  /**
   * Waits until there is a message, and then for as many as these bounds allow, up to a time limit;
   * it does not wait once there is a request, whose client does nothing else meanwhile. For the
   * single thread that takes messages, which is not woken for each one.
   */
  synchronized void awaitFull(Batch.Bounds bounds, long nanos) throws InterruptedException {
    long end = System.nanoTime() + nanos;
    awaited = bounds;
    for (long left = nanos; !isFull(bounds) && left > 0; left = end - System.nanoTime()) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    awaited = null;
  }

  synchronized boolean isEmpty() {
    return size == 0;
  }

  synchronized int size() {
    return size;
  }

  /** What is queued now. Others may take it meanwhile. */
  @Override
  public Iterator<Message> iterator() {
    Iterator<Message> each = all().iterator();
    return new Iterator<>() {
      private @Nullable Message last;

      @Override
      public boolean hasNext() {
        return each.hasNext();
      }

      @Override
      public Message next() {
        Message next = each.next();
        last = next;
        return next;
      }

      @Override
      public void remove() {
        if (last != null) {
          FairQueue.this.remove(last);
        }
      }
    };
  }

  private synchronized List<Message> all() {
    List<Message> all = new ArrayList<>(size);
    byOwner.values().forEach(its -> its.values().forEach(all::addAll));
    return all;
  }

  private synchronized void remove(Message message) {
    Map<Object, Deque<Message>> its = byOwner.get(message.owner());
    Deque<Message> messages = its == null ? null : its.get(message.order());
    if (its != null && messages != null && messages.remove(message)) {
      uncount(message);
      if (messages.isEmpty()) {
        its.remove(message.order());
      }
      if (its.isEmpty()) {
        byOwner.remove(message.owner());
      }
    }
  }
}
