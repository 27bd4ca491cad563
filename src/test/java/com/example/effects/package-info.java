/** A handler of a user's own, from a package of a user's own. */
@NullMarked
package com.example.effects;

import org.jspecify.annotations.NullMarked;
