package dev.candlewick.ingest.row;

import dev.candlewick.ingest.row.MarketForm.Head;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A trade.
 *
 * @param index position in its message
 * @param ts microseconds since the epoch
 * @param price finite, may be zero or negative
 * @param size finite, at least 0
 * @param side 0 not told, 1 buy, 2 sell (the taker's)
 * @param flags {@link #NO_PRICE}, {@link #NO_VOLUME}, {@link #HASHED_ID}, {@link #NO_ID}, {@link
 *     #UNSIGNED_ID}
 * @param id the venue's id, or a hash of it; 0 with {@link #NO_ID}
 * @param text the venue's id as it was sent, where {@code id} is a hash of it
 * @param action what is to become of the trade of this time and id; of a {@link Action#CANCEL}
 *     nothing else counts
 */
public record Trade(
    InstrumentKey instrument,
    int index,
    long ts,
    double price,
    double size,
    short side,
    short flags,
    long id,
    @Nullable String text,
    Action action)
    implements Tick {
  public static final int NO_PRICE = 1;
  public static final int NO_VOLUME = 2;
  public static final int HASHED_ID = 4;
  public static final int NO_ID = 8;

  /** The id is from 2^63 to 2^64 - 1; the text has its digits. */
  public static final int UNSIGNED_ID = 16;

  /** What a trade row asks for. */
  public enum Action {
    /** A trade; no effect if it is already known. */
    NONE,
    /** Its price, size, side and flags replace the known ones. */
    CORRECT,
    /** Removes the trade. */
    CANCEL
  }

  @Override
  public boolean makesInstrument() {
    return action != Action.CANCEL;
  }

  @Override
  public @Nullable Long ownId() {
    return (flags & NO_ID) == 0 ? Long.valueOf(id) : null;
  }

  /** Whether the id is not a number that orders trades of the same time. */
  public boolean countsAsTaken() {
    return (flags & (HASHED_ID | NO_ID)) != 0;
  }

  private static final Action[] ACTIONS = Action.values();

  static final RowForm FORM = new MarketForm<>(Trade.class, Trade::write, Trade::read);

  private static void write(DataOutputStream out, Trade trade) throws IOException {
    out.writeDouble(trade.price);
    out.writeDouble(trade.size);
    out.writeShort(trade.side);
    out.writeShort(trade.flags);
    out.writeLong(trade.id);
    MarketForm.writeText(out, trade.text);
    out.writeByte(trade.action.ordinal());
  }

  private static Trade read(DataInputStream in, int version, Head head) throws IOException {
    return new Trade(
        head.instrument(),
        head.index(),
        head.ts(),
        in.readDouble(),
        in.readDouble(),
        in.readShort(),
        in.readShort(),
        in.readLong(),
        version == 1 ? null : MarketForm.readText(in),
        version == 1 ? Action.NONE : ACTIONS[in.readByte()]);
  }
}
