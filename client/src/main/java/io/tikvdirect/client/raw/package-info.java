/**
 * Raw key-value operations on three faces over one engine.
 *
 * <ul>
 *   <li>{@link io.tikvdirect.client.raw.RawClient}: blocking, {@code byte[]} in and out;
 *   <li>{@link io.tikvdirect.client.raw.AsyncRawClient}: the same operations as {@link
 *       java.util.concurrent.CompletionStage}, scans as {@link java.util.concurrent.Flow.Publisher};
 *   <li>{@link io.tikvdirect.client.raw.DirectRawClient}: buffers in, callback with a borrowed view out, nothing
 *       allocated per operation.
 * </ul>
 *
 * <p>Rules that hold on every face: one absolute deadline bounds a whole call including retries, back-off, region
 * look-ups and waiting for a free place in the in-flight window; every call ends exactly once; every failure is a
 * {@link io.tikvdirect.client.TikvException} with a stable code.
 */
@NullMarked
package io.tikvdirect.client.raw;

import org.jspecify.annotations.NullMarked;
