/**
 * Transactions: snapshot isolation over many keys, optimistic and pessimistic.
 *
 * <p>Begin with {@link io.tikvdirect.client.TikvClient#transactions()}. Blocking and asynchronous faces share one engine.
 */
@NullMarked
package io.tikvdirect.client.txn;

import org.jspecify.annotations.NullMarked;
