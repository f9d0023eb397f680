/** How a client is put together and taken apart. Not part of the public API. */
@NullMarked
package io.tikvdirect.client.internal;

import org.jspecify.annotations.NullMarked;
