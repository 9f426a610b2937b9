package dev.candlewick.archive;

/** In what form a value stands in CSV and in a file. */
enum Form {
  /** Microseconds since the epoch in CSV, a timestamp in UTC in the file. */
  TIME,
  NUMBER,
  INTEGER,
  /** 38 digits, 18 of them a fraction; text if one of the file's values has more. */
  DECIMAL,
  BOOLEAN,
  TEXT,
  /** Words parted by spaces in CSV, a list in the file. */
  WORDS
}
