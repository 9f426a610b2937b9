/**
 * {@code GET /v1/audit}: is what is stored right? Every check is one line of a scan.
 *
 * <p>Read in this order:
 *
 * <ol>
 *   <li>{@link dev.candlewick.server.audit.Scan} and {@link dev.candlewick.server.audit.Check}:
 *       what one statement reads, and what it counts as wrong
 *   <li>{@link dev.candlewick.server.audit.MarketScans}, {@link
 *       dev.candlewick.server.audit.CandleScans}, {@link dev.candlewick.server.audit.RecordScans}:
 *       all checks
 *   <li>{@link dev.candlewick.server.audit.Audit}: walks over instruments and time, one statement
 *       at a time
 *   <li>{@link dev.candlewick.server.audit.AuditRepository}: queries the database
 *   <li>{@link dev.candlewick.server.audit.AuditHandler}, {@link
 *       dev.candlewick.server.audit.HourlyAudit}: start audits
 * </ol>
 */
@NullMarked
package dev.candlewick.server.audit;

import org.jspecify.annotations.NullMarked;
