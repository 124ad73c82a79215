"""A stand-in for ``UILayout``, which no headless Blender makes: records what a panel draws, and checks it.

Every call must name a function of the real ``UILayout`` with parameters that it has, properties that are there,
operators that are registered, and icons that exist; what Blender prints to a console or draws in red raises here.
"""

import bpy

FUNCTIONS = bpy.types.UILayout.bl_rna.functions
PROPERTIES = bpy.types.UILayout.bl_rna.properties
LAYOUTS = ("row", "column", "box", "split", "column_flow", "grid_flow")
OWN = ("drawn", "parent", "context")


class RecordingLayout:
    """``drawn`` is a list of (function, arguments) shared by all layouts that come of one."""

    def __init__(self, drawn=None):
        object.__setattr__(self, "drawn", [] if drawn is None else drawn)

    def __setattr__(self, name, value):
        assert name in PROPERTIES and not PROPERTIES[name].is_readonly, f"UILayout has no {name} to set"
        object.__setattr__(self, name, value)

    def __getattr__(self, name):
        # `progress`, `template_list`, `panel_prop` ... all are RNA functions; `introspect` and the like are not drawn.
        assert name in FUNCTIONS, f"UILayout has no {name}"

        def call(*positional, **named):
            return self._record(FUNCTIONS[name], positional, named)

        return call

    def _record(self, function, positional, named):
        parameters = [p for p in function.parameters if not p.is_output]
        arguments = dict(zip((p.identifier for p in parameters), positional, strict=False)) | named
        assert len(positional) <= len(parameters), f"{function.identifier} takes fewer arguments"
        for key, value in named.items():
            assert key in function.parameters, f"{function.identifier} has no argument {key}"
            parameter = function.parameters[key]
            if parameter.type == "ENUM" and not parameter.is_enum_flag:
                assert value in parameter.enum_items, f"{function.identifier}: {key} cannot be {value!r}"
            if parameter.type == "STRING":
                assert isinstance(value, str), f"{function.identifier}: {key} must be text, not {value!r}"
        self.drawn.append((function.identifier, arguments))
        return self._answer(function.identifier, arguments)

    def _answer(self, name, arguments):
        for data, key in (("data", "property"), ("active_data", "active_property"), ("dataptr", "propname")):
            if data in arguments:
                property_name = arguments.get(key) or arguments.get("active_propname")
                assert property_name in arguments[data].bl_rna.properties, f"{arguments[data]} has no {property_name}"
        if name == "operator":
            return operator_properties(arguments["operator"])
        if name == "panel_prop":
            is_open = getattr(arguments["data"], arguments["property"])
            return RecordingLayout(self.drawn), RecordingLayout(self.drawn) if is_open else None
        if name == "panel":
            return RecordingLayout(self.drawn), RecordingLayout(self.drawn)
        if name == "template_list":
            self._draw_items(arguments)
        return RecordingLayout(self.drawn) if name in LAYOUTS else None

    def _draw_items(self, arguments):
        cls = getattr(bpy.types, arguments["listtype_name"])
        for index, item in enumerate(getattr(arguments["dataptr"], arguments["propname"])):
            cls.draw_item(
                cls,
                bpy.context,
                RecordingLayout(self.drawn),
                arguments["dataptr"],
                item,
                0,
                arguments["active_dataptr"],
                arguments["active_propname"],
                index,
            )


def operator_properties(idname):
    """Settable as an operator button's properties are: only what the operator has."""
    module, name = idname.split(".")
    rna = getattr(getattr(bpy.ops, module), name).get_rna_type()

    class Properties:
        def __setattr__(self, key, value):
            assert key in rna.properties, f"{idname} has no property {key}"

    return Properties()


class Drawn:
    """A panel as ``draw`` sees itself."""

    def __init__(self, cls):
        self.layout = RecordingLayout()
        self._cls = cls

    def __getattr__(self, name):
        return getattr(self._cls, name).__get__(self)


def draw(cls, context):
    """What a panel draws: a list of (function, arguments); None where its poll says no."""
    if hasattr(cls, "poll") and not cls.poll(context):
        return None
    panel = Drawn(cls)
    cls.draw(panel, context)
    return panel.layout.drawn
