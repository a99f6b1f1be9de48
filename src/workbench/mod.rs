//! A project folder, loaded: the one door for every surface.
