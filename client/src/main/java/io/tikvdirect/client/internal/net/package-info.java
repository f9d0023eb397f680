/** Addresses of servers. */
@NullMarked
package io.tikvdirect.client.internal.net;

import org.jspecify.annotations.NullMarked;
