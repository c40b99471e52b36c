#include "key_file.h"

