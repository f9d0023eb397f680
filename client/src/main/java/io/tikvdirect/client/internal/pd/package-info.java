/** The Placement Driver: members, leader, region and store look-ups, timestamps. */
@NullMarked
package io.tikvdirect.client.internal.pd;

import org.jspecify.annotations.NullMarked;
