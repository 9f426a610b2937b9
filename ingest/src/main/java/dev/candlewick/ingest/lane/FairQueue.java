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
 * A lane's queue: the API keys take turns, a message each, so that none waits behind all that
 * another has sent. The messages of one key stay in their order. Safe on any thread.
 */
final class FairQueue implements Iterable<Message> {
  /** By whose they are; whose turn is next stands first. None is empty. */
  private final Map<Object, Deque<Message>> byOwner = new LinkedHashMap<>();

  private int size;
  private int requests;
  private int rows;
  private long bytes;
  private Batch.@Nullable Bounds awaited;

  synchronized void add(Message message) {
    byOwner.computeIfAbsent(message.owner(), first -> new ArrayDeque<>()).addLast(message);
    count(message);
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

  /** Before all others of its key. */
  synchronized void addFirst(Message message) {
    byOwner.computeIfAbsent(message.owner(), first -> new ArrayDeque<>()).addFirst(message);
    count(message);
  }

  /** The next message; null if there is none. */
  synchronized @Nullable Message poll() {
    Iterator<Map.Entry<Object, Deque<Message>>> owners = byOwner.entrySet().iterator();
    if (!owners.hasNext()) {
      return null;
    }
    Map.Entry<Object, Deque<Message>> first = owners.next();
    Object owner = first.getKey();
    Deque<Message> messages = first.getValue();
    owners.remove();
    Message next = messages.removeFirst();
    uncount(next);
    if (!messages.isEmpty()) {
      byOwner.put(owner, messages);
    }
    return next;
  }

  /**
   * Waits until there is something, and as much as these bounds allow, for so long at most; not
   * where there is a request, whose client does nothing else meanwhile. For the one thread that
   * takes messages: it is not woken for each of them.
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

  /** What is there now. It may be taken by others meanwhile. */
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
    byOwner.values().forEach(all::addAll);
    return all;
  }

  private synchronized void remove(Message message) {
    Deque<Message> messages = byOwner.get(message.owner());
    if (messages != null && messages.remove(message)) {
      uncount(message);
      if (messages.isEmpty()) {
        byOwner.remove(message.owner());
      }
    }
  }
}
