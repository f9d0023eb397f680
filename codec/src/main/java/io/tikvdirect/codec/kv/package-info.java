/**
 * Flyweights of the hot messages: requests are encoded once and framed by concatenation, answers are read in place.
 *
 * <p>A request is written in parts which protobuf allows to be concatenated: the <em>route</em> part of its {@code Context}
 * (region, epoch, peer; bytes kept with the region), the <em>options</em> part (priority, source, key space; bytes kept
 * with the caller's options), what varies per request, and the <em>body</em>: all fields but {@code context}.
 */
@NullMarked
package io.tikvdirect.codec.kv;

import org.jspecify.annotations.NullMarked;
