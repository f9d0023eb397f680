/** Keys: the memcomparable encoding, and the key spaces of TiKV's API versions. */
@NullMarked
package io.tikvdirect.codec.key;

import org.jspecify.annotations.NullMarked;
