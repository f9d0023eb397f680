/** How long to wait between attempts, and when to stop. */
@NullMarked
package io.tikvdirect.client.internal.backoff;

import org.jspecify.annotations.NullMarked;
