// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Kubernetes.Configuration;

/// <summary>A configuration that cannot be used; the message names the file and the key.</summary>
public sealed class KubeConfigException : Exception
{
    public KubeConfigException()
    {
    }

    public KubeConfigException(string message)
        : base(message)
    {
    }

    public KubeConfigException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
