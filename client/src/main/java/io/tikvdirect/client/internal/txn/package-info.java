/**
 * The transactional engine: snapshot reads, the resolver of locks, the write buffer, two-phase commit, pessimistic locks.
 * Not part of the public API.
 */
@NullMarked
package io.tikvdirect.client.internal.txn;

import org.jspecify.annotations.NullMarked;
