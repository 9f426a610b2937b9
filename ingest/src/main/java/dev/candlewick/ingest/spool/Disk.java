package dev.candlewick.ingest.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** A directory of append-only files; {@link Directory} on a real disk. */
public interface Disk extends Closeable {
  /** Names of the files, in no particular order. */
  List<String> list() throws IOException;

  /** A new, empty file for appending; its name is on disk when this returns. */
  File create(String name) throws IOException;

  /** A file for reading. */
  File open(String name) throws IOException;

  /** Deletes a file; the deletion is on disk when this returns. */
  void delete(String name) throws IOException;

  /** Moves a file to where it is never read again, for an operator to look at. */
  void quarantine(String name) throws IOException;

  /** How many files are there. */
  int quarantined() throws IOException;

  /** Bytes the file system has left for us. */
  long freeBytes() throws IOException;

  /** An open file. */
  interface File extends Closeable {
    /** Appends all of it. None of it is certain before {@link #sync}. */
    void append(ByteBuffer bytes) throws IOException;

    /** fsync. */
    void sync() throws IOException;

    /** Fills {@code into} from this position on, as far as there is data. */
    void read(ByteBuffer into, long position) throws IOException;

    long size() throws IOException;
  }
}
