/** What transactional commands do to keys, how they wait for locks, and how deadlocks are found. */
@NullMarked
package io.tikvdirect.embedded.internal.txn;

import org.jspecify.annotations.NullMarked;
