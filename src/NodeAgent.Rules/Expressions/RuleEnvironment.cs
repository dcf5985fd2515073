// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel;
using NodeAgent.Cel.Limits;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Rules.Expressions;

/// <summary>The names that expressions of rules may use, and the compiler for them. Immutable: any thread may compile; its contexts are the loop's.</summary>
internal sealed class RuleEnvironment
{
    // A rule costs each event: what is not decided after so many steps is an error.
    private static readonly CelLimits Limits = new() { MaxCost = 200_000, MaxResultBytes = 256 * 1024 };

    private readonly CelVariable _eventType;
    private readonly (CelVariable Variable, CelObject Value)[] _objects;

    public RuleEnvironment(EventScope scope)
    {
        Scope = scope;
        var builder = new CelEnvironmentBuilder();
        builder.Limits(Limits).Variable("eventType", CelType.String, out _eventType);
        _objects =
        [
            Declare(builder, "event", EventObject.Type, scope.Event),
            Declare(builder, "http", HttpObject.Type, scope.Http),
            Declare(builder, "proc", ProcessObject.Type, scope.Process),
            Declare(builder, "container", ContainerObject.Type, scope.Container),
            Declare(builder, "pod", PodObject.Type, scope.Pod),
            Declare(builder, "workload", WorkloadObject.Type, scope.Workload),
            Declare(builder, "image", ImageObject.Type, scope.Image),
            Declare(builder, "file", FileObject.Type, scope.File),
            Declare(builder, "settings", RuleSettings.Type, scope.Settings),
        ];
        ProfileFunctions.Declare(builder, scope);
        NetworkFunctions.Declare(builder, scope);
        ClusterFunctions.Declare(builder, scope);
        ProcessFunctions.Declare(builder, scope);
        CountingFunctions.Declare(builder, scope);
        Cel = builder.Build();
    }

    public EventScope Scope { get; }

    public CelEnvironment Cel { get; }

    /// <summary>Gives a context of this environment the variables of the event at hand.</summary>
    /// <param name="type">Which events it is for; a context is for one type.</param>
    public CelContext Bind(CelContext context, RuleEventType type)
    {
        foreach ((CelVariable variable, CelObject value) in _objects)
        {
            context.Set(variable, CelValue.Of(value));
        }

        context.Set(_eventType, CelValue.Of(RuleEventTypes.NameOf(type)));
        return context;
    }

    private static (CelVariable Variable, CelObject Value) Declare(CelEnvironmentBuilder builder, string name, CelObjectType type, CelObject value)
    {
        builder.Variable(name, CelType.Object(type), out CelVariable variable);
        return (variable, value);
    }
}
