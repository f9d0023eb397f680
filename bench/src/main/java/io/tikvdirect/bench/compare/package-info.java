/**
 * The comparison: clients in processes of their own, in turn, against the same servers with the same workloads; medians,
 * spread and plots of what they said about themselves.
 */
@NullMarked
package io.tikvdirect.bench.compare;

import org.jspecify.annotations.NullMarked;
