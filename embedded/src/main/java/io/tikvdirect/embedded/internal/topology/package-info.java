/** Regions, peers and leaders, and how they change. */
@NullMarked
package io.tikvdirect.embedded.internal.topology;

import org.jspecify.annotations.NullMarked;
