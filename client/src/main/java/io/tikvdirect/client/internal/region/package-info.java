/** Where a key lives: regions, stores, and what a region error means. */
@NullMarked
package io.tikvdirect.client.internal.region;

import org.jspecify.annotations.NullMarked;
