/** What a TiKV store answers. */
@NullMarked
package io.tikvdirect.embedded.internal.store;

import org.jspecify.annotations.NullMarked;
