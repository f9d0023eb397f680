/** What the Placement Driver answers. */
@NullMarked
package io.tikvdirect.embedded.internal.pd;

import org.jspecify.annotations.NullMarked;
