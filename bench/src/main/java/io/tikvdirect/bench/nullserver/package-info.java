/**
 * A server that is PD and TiKV at the least cost it can be: nothing is stored, every get hits, every write succeeds. What
 * a client pays against it is the client's own.
 */
@NullMarked
package io.tikvdirect.bench.nullserver;

import org.jspecify.annotations.NullMarked;
