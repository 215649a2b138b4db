/** For Stryker: the words of an error that is thrown are no promise to a program, so that other words there are no mutant. */
import { PluginKind } from '@stryker-mutator/api/plugin';

interface NodePath {
  readonly node: { readonly type: string };
  readonly parentPath: NodePath | null;
}

const errorTexts = {
  shouldIgnore(path: NodePath): string | undefined {
    const { type } = path.node;
    if (type !== 'StringLiteral' && type !== 'TemplateLiteral') return undefined;
    const thrown = path.parentPath?.node.type === 'NewExpression' && path.parentPath.parentPath?.node.type === 'ThrowStatement';
    return thrown ? 'the words of an error' : undefined;
  },
};

export const strykerPlugins = [{ kind: PluginKind.Ignore, name: 'error-texts', value: errorTexts }];
