/** How a fault rule is matched and what it does to a request. */
@NullMarked
package io.tikvdirect.embedded.internal.fault;

import org.jspecify.annotations.NullMarked;
