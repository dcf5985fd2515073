// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Types;

namespace NodeAgent.Cel.Checking;

/// <summary>The variables of the macros around a part of an expression.</summary>
internal sealed class Scope
{
    private readonly List<LocalBinding> _locals = [];

    /// <summary>How many values an evaluation must keep at once.</summary>
    public int Most { get; private set; }

    public void Enter(string name, CelType type)
    {
        _locals.Add(new LocalBinding(name, type));
        Most = Math.Max(Most, _locals.Count);
    }

    public void Leave(int count) => _locals.RemoveRange(_locals.Count - count, count);

    public LocalBinding? Find(string name) => _locals.FindLast(l => l.Name == name);

    public IEnumerable<string> Names => _locals.Select(l => l.Name);
}
