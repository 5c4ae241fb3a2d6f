//! The embedded worlds by the names that people type.

use super::output::Trouble;
use crate::world::World;

/// Every world: the stories first, then the causes.
pub(crate) fn all() -> Result<Vec<World>, Trouble> {
    let mut worlds = World::all().map_err(|error| Trouble::new(format!("an embedded world cannot be read: {error}")))?;
    worlds.sort_by_key(|world| !world.name.starts_with("story/"));
    Ok(worlds)
}

/// The world of a name: in full, or without the folder in front.
pub(crate) fn find(name: &str) -> Result<World, Trouble> {
    let worlds = all()?;
    let fits = |world: &&World| world.name == name || world.name.split_once('/').is_some_and(|(_, short)| short == name);
    if let Some(world) = worlds.iter().find(fits) {
        return Ok(world.clone());
    }
    let likeness = |world: &World| {
        let short = world.name.split_once('/').map_or("", |(_, short)| short);
        strsim::jaro_winkler(&world.name, name).max(strsim::jaro_winkler(short, name))
    };
    let nearest = worlds.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b))).filter(|world| likeness(world) > 0.7);
    let hint = nearest.map_or_else(|| "`whycors demo` shows them".to_owned(), |world| format!("did you mean {}?", world.name));
    Err(Trouble::new(format!("{name:?} is not a world of the lab; {hint}")))
}
