/** Absolute deadlines. */
@NullMarked
package io.tikvdirect.client.internal.time;

import org.jspecify.annotations.NullMarked;
