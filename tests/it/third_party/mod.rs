//! Daemons as their authors ship them: rpctl against programs it shares no line
//! with. They come from the Python environment that `RPCTL_TEST_PYTHON_ENV` names.

mod clud;
mod running;
mod service;
mod soldr;
mod zccache;
